"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const string_decoder_1 = require("string_decoder");
// A consumer: objects or lines of text come in, nothing goes out. The hub calls this function once for each instance.
//
//     input  what is sent to the instance
//     every  the first argument that the instance is started with: after how many items it tells of its progress
//     this   the hub's side: logger, config, events
const consume = async function (input, every = 100) {
    let count = 0;
    let last;
    for await (const item of itemsOf(input)) {
        // This is the place to store the item, an object or a line, or to send it on.
        last = item;
        count++;
        if (count % every === 0) {
            this.logger.info(`${count} items so far`);
        }
    }
    this.logger.info(`${count} items received`, { last });
    // A hub puts out what a function returns, even "undefined".
    return "";
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
exports.default = consume;
