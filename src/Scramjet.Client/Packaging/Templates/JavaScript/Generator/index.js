"use strict";

const { setTimeout: sleep } = require("timers/promises");

// A generator: reads nothing and writes objects. The hub calls this function once for each instance.
//
//     input         the data that is sent to the instance, which is not used here
//     count, pause  the arguments of the instance: the number of objects, and the milliseconds between them
//     yield         writes an object to the output
//     this          the context of the instance: logger, config, events
module.exports = async function*(input, count = 10, pause = 1000) {
    let stopped = false;

    // When the instance is asked to stop, it has time to end cleanly.
    this.addStopHandler(() => {
        stopped = true;
    });

    for (let n = 1; n <= count && !stopped; n++) {
        yield { n, time: new Date().toISOString() };

        if (n < count) {
            await sleep(pause);
        }
    }
};
