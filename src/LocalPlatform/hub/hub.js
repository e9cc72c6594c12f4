"use strict";

// Starts one real Scramjet hub on the loopback interface and ends it when whoever started it goes away.
//
//     node hub.js '{"id":"sth-0","port":0,"instancesServerPort":0,"folder":"/some/folder","modules":"/folder/of/node_modules"}'
//
// Port 0 lets the system choose. With "space":"127.0.0.1:8080", the hub joins the space there. When the hub answers, one line of JSON goes to the standard output:
//     {"ready":true,"id":"sth-0","port":41234,"instancesServerPort":41235}
// What the hub itself would print goes to hub.log in its folder. The standard input is the lifeline: when it closes,
// also because the other side was killed, the hub's instances are killed and the hub exits.

const { createRequire } = require("module");
const fs = require("fs");
const path = require("path");

const options = {
    id: "sth-0",
    port: 0,
    instancesServerPort: 0,
    folder: process.cwd(),
    modules: __dirname,
    ...JSON.parse(process.argv[2] || "{}"),
};

// Python finds sitecustomize.py there.
process.env.PYTHONPATH = [path.join(__dirname, "python"), process.env.PYTHONPATH].filter(Boolean).join(path.delimiter);

process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();

// Ctrl+C reaches every process of a terminal; the hub ends when the one that started it says so.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => process.exit(0));

// The hub writes its log to the standard output, where only the line above belongs.
Object.defineProperty(process, "stdout", { value: fs.createWriteStream(path.join(options.folder, "hub.log"), { flags: "a" }) });

function fail(error) {
    fs.writeSync(2, `${error.message}\n`);
    process.exit(1);
}

async function main() {
    process.on("uncaughtException", fail);
    const sequencesRoot = path.join(options.folder, "sequences");
    fs.mkdirSync(sequencesRoot, { recursive: true });

    const load = createRequire(path.join(options.modules, "package.json"));
    const { ConfigService } = load("@scramjet/sth-config");
    const { startHost } = load("@scramjet/host");

    // Set, not merged with update(), which skips what is 0.
    const config = new ConfigService().getConfig();
    Object.assign(config, { runtimeAdapter: "process", sequencesRoot, logLevel: "debug", logColors: false });
    Object.assign(config.host, {
        hostname: "127.0.0.1",
        port: options.port,
        // A number would make it listen on every interface of the machine.
        instancesServerPort: { host: "127.0.0.1", port: options.instancesServerPort },
        id: options.id,
        infoFilePath: path.join(options.folder, "sth-id.json"),
    });

    if (options.space)
        config.cpmUrl = options.space;

    // A busy machine is no reason to refuse an instance here.
    config.safeOperationLimit = 0;
    config.instanceRequirements = { freeMem: 0, cpuLoad: 0, freeSpace: 0 };

    const host = await startHost({}, config, { identifyExisting: true });
    config.host.port = host.api.server.address().port;
    config.host.instancesServerPort = host.socketServer.server.address().port;

    // A 0.18 hub would send and fetch topics by itself, over connections of their own: it can't tell the space which hub it is, gives the space
    // what is meant for its own readers, and ends when such a connection breaks. The space sends and fetches them through the hub's connection.
    if (host.cpmConnector) {
        host.cpmConnector.sendTopic = () => {};
        host.cpmConnector.getTopic = () => new Promise(() => {});
    }

    process.on("exit", () => {
        for (const instance of Object.values(host.instancesStore))
            instance._instanceAdapter?.runnerProcess?.kill("SIGKILL");
    });

    // From here on, what ends a real hub ends this one as it would.
    process.off("uncaughtException", fail);
    fs.writeSync(1, JSON.stringify({
        ready: true,
        id: options.id,
        port: config.host.port,
        instancesServerPort: config.host.instancesServerPort,
    }) + "\n");
}

main().catch(fail);
