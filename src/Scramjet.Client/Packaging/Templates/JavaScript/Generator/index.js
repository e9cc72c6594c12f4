"use strict";

const { setTimeout: sleep } = require("timers/promises");

// A generator: nothing comes in, objects go out. The hub calls this function once for each instance.
//
//     input         what is sent to the instance: not used here
//     count, pause  the arguments that the instance is started with: how many objects, and the milliseconds between them
//     yield         what goes out, object by object
//     this          the hub's side: logger, config, events
module.exports = async function*(input, count = 10, pause = 1000) {
    let stopped = false;

    // An instance that is asked to stop gets the time to end well.
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
