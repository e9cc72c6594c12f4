"use strict";

// Answers each event "ping" with an event "pong" that carries the same message, and logs it. Runs until it is stopped.

module.exports = async function() {
    await new Promise(resolve => {
        this.addStopHandler(resolve);
        this.on("ping", message => {
            this.logger.warn("Ping", message);
            this.emit("pong", message);
        });
    });
};
