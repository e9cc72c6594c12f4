"use strict";

// Greets each line of text that comes in. The greeting is the first argument, else appConfig.greeting, else "Hello".

module.exports = async function*(input, greeting) {
    const word = greeting || this.config.greeting || "Hello";
    let rest = "";

    for await (const chunk of input) {
        const lines = (rest + chunk).split("\n");

        rest = lines.pop();
        for (const line of lines) {
            yield `${word}, ${line}!`;
        }
    }

    if (rest) {
        yield `${word}, ${rest}!`;
    }
};
