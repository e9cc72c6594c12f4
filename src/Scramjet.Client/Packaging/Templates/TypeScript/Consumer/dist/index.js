"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
// A consumer: objects come in, nothing goes out. The hub calls this function once for each instance.
//
//     input  what is sent to the instance, object by object
//     every  the first argument that the instance is started with: after how many objects it tells of its progress
//     this   the hub's side: logger, config, events
const consume = async function (input, every = 100) {
    let count = 0;
    let last;
    for await (const item of input) {
        // This is the place to store the item, or to send it on.
        last = item;
        count++;
        if (count % every === 0) {
            this.logger.info(`${count} objects so far`);
        }
    }
    this.logger.info(`${count} objects received`, { last });
    // A hub puts out what a function returns, even "undefined".
    return "";
};
exports.default = consume;
