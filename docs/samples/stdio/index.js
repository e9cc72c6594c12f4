"use strict";

// Writes each chunk of standard input to standard output, and its length to standard error. Runs until it is stopped.

module.exports = async function() {
    await new Promise(resolve => {
        this.addStopHandler(resolve);
        process.stdin.on("data", data => {
            process.stdout.write(data);
            process.stderr.write(`${data.length} characters\n`);
        });
    });
};
