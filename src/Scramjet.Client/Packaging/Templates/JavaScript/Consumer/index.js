"use strict";

const { StringDecoder } = require("string_decoder");

// A consumer: reads objects or lines of text and writes nothing. The hub calls this function once for each instance.
//
//     input  the data that is sent to the instance
//     every  the first argument of the instance: the number of items after which it logs its progress
//     this   the context of the instance: logger, config, events
module.exports = async function(input, every = 100) {
    let count = 0;
    let last;

    for await (const item of itemsOf(input)) {
        // Store or forward the item here. It is an object or a line.
        last = item;
        count++;

        if (count % every === 0) {
            this.logger.info(`${count} items so far`);
        }
    }

    this.logger.info(`${count} items received`, { last });

    // A hub writes the return value of the function to the output, even "undefined".
    return "";
};

// Objects arrive one by one. Text and bytes arrive in chunks of any length, which this function splits into lines.
async function* itemsOf(input) {
    const decoder = new StringDecoder("utf8");
    let isText = true;
    let rest = "";

    for await (const piece of input) {
        if (isText && (typeof piece === "string" || Buffer.isBuffer(piece))) {
            const lines = (rest + (typeof piece === "string" ? piece : decoder.write(piece))).split(/\r?\n/);

            rest = lines.pop();
            yield* lines.filter(line => line !== "");
            continue;
        }

        // Between objects, a string is a separate value.
        if (rest !== "") {
            yield rest;
            rest = "";
        }

        isText = false;
        yield piece;
    }

    if (rest !== "") {
        yield rest;
    }
}
