"use strict";

// Fails half-way: what came before the third item is good.

module.exports = async function*(input) {
    let count = 0;

    for await (const item of input) {
        if (++count === 3) {
            process.stderr.write("The third item is one too many.\n");

            // What was yielded and written needs a moment on its way out of the process.
            await new Promise(resolve => setTimeout(resolve, 300));
            throw new Error("Failed at the third item");
        }

        yield item;
    }
};
