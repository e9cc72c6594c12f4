"use strict";

// Fails at the third item. The output before it is valid.

module.exports = async function*(input) {
    let count = 0;

    for await (const item of input) {
        if (++count === 3) {
            process.stderr.write("The third item is one too many.\n");

            // Output that was yielded and written needs some time to leave the process.
            await new Promise(resolve => setTimeout(resolve, 300));
            throw new Error("Failed at the third item");
        }

        yield item;
    }
};
