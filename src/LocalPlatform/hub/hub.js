"use strict";

// Starts one real Scramjet hub, from the packages beside this file, and ends with the program that started it.
//   node hub.js '{"id":"sth-0","folder":"/somewhere"}'
// Prints one line of JSON when the hub is up: {"port":12345}

const childProcess = require("child_process");
const fs = require("fs");
const net = require("net");
const path = require("path");

const options = JSON.parse(process.argv[2]);

// Instances are children of the hub; they end with it. The hub's code takes spawn from the module when it loads, so this comes first.
const children = new Set();
const spawn = childProcess.spawn;

childProcess.spawn = (...args) => {
    const child = spawn(...args);

    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
};

process.on("exit", () => children.forEach(child => child.kill("SIGKILL")));
process.on("SIGTERM", () => process.exit(0));
process.on("SIGINT", () => process.exit(0));

// Whoever started this holds the other end of stdin: when it is gone, however that came, so is this.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));

const freePort = () => new Promise((resolve, reject) => {
    const probe = net.createServer().on("error", reject);

    probe.listen(0, () => {
        const { port } = probe.address();

        probe.close(() => resolve(port));
    });
});

const main = async () => {
    const { ConfigService } = require("@scramjet/sth-config");
    const { startHost } = require("@scramjet/host");
    const sequencesRoot = path.join(options.folder, "sequences");

    fs.mkdirSync(sequencesRoot, { recursive: true });

    const config = new ConfigService();

    config.update({
        host: {
            hostname: "127.0.0.1",
            port: await freePort(),
            instancesServerPort: await freePort(),
            id: options.id,
            infoFilePath: path.join(options.folder, "id.json")
        },
        runtimeAdapter: "process",
        sequencesRoot,
        // A busy machine must not make the hub refuse to start anything.
        instanceRequirements: { freeMem: 0, cpuLoad: 0, freeSpace: 0 },
        safeOperationLimit: 0
    });

    const host = await startHost({}, config.getConfig(), { identifyExisting: true });

    // On a line of its own: the hub writes here too.
    process.stdout.write(`\n${JSON.stringify({ port: host.api.server.address().port })}\n`);
};

main().catch(error => {
    process.stderr.write(`${error.stack || error}\n`);
    process.exit(1);
});
