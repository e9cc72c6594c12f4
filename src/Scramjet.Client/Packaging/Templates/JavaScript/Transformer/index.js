"use strict";

const { StringDecoder } = require("string_decoder");

// A transformer: reads objects or lines of text and writes objects. The hub calls this function once for each instance.
//
//     input     the data that is sent to the instance
//     greeting  the first argument of the instance
//     yield     writes an object to the output
//     this      the context of the instance: logger, config, events
module.exports = async function*(input, greeting = "Hello") {
    this.logger.info(`The greeting is ${greeting}`);

    for await (const item of itemsOf(input)) {
        // A line of text is a name.
        const person = typeof item === "object" ? item : { name: item };

        yield { ...person, greeting: person.name === undefined ? `${greeting}!` : `${greeting}, ${person.name}!` };
    }
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
