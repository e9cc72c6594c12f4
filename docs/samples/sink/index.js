"use strict";

// A consumer: has no output, and logs how many items came in.

module.exports = async function(input) {
    let count = 0;

    for await (const item of input) {
        count += item === undefined ? 0 : 1;
    }

    this.logger.info("Items received", count);

    // Hubs of 0.18 put out what a function returns, even "undefined".
    return "";
};
