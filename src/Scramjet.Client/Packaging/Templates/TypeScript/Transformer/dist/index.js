"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
// A transformer: objects come in, objects go out. The hub calls this function once for each instance.
//
//     input     what is sent to the instance, object by object
//     greeting  the first argument that the instance is started with
//     yield     what goes out, object by object
//     this      the hub's side: logger, config, events
const greet = async function* (input, greeting = "Hello") {
    this.logger.info(`The greeting is ${greeting}`);
    for await (const person of input) {
        yield { ...person, greeting: `${greeting}, ${person.name}!` };
    }
};
exports.default = greet;
