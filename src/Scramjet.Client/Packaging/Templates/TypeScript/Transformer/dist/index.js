"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const string_decoder_1 = require("string_decoder");
// A transformer: objects or lines of text come in, objects go out. The hub calls this function once for each instance.
//
//     input     what is sent to the instance
//     greeting  the first argument that the instance is started with
//     yield     what goes out, object by object
//     this      the hub's side: logger, config, events
const greet = async function* (input, greeting = "Hello") {
    this.logger.info(`The greeting is ${greeting}`);
    for await (const item of itemsOf(input)) {
        // A line of text is a name.
        const person = typeof item === "object" ? item : { name: item };
        yield { ...person, greeting: person.name === undefined ? `${greeting}!` : `${greeting}, ${person.name}!` };
    }
};
// Objects come one by one, as they were sent. Text and bytes come in pieces of any length: this makes lines of them.
async function* itemsOf(input) {
    const decoder = new string_decoder_1.StringDecoder("utf8");
    let isText = true;
    let rest = "";
    for await (const piece of input) {
        if (isText && (typeof piece === "string" || Buffer.isBuffer(piece))) {
            const lines = (rest + (typeof piece === "string" ? piece : decoder.write(piece))).split(/\r?\n/);
            rest = lines.pop() ?? "";
            yield* lines.filter(line => line !== "");
            continue;
        }
        // Among objects, a string is a value of its own.
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
exports.default = greet;
