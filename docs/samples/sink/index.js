"use strict";

// A consumer: has no output, and logs the number of items that it receives.

module.exports = async function(input) {
    let count = 0;

    for await (const item of input) {
        count += item === undefined ? 0 : 1;
    }

    this.logger.info("Items received", count);

    // Hubs of version 0.18 write the return value of the function to the output, even "undefined".
    return "";
};
