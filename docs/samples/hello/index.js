"use strict";

// Greets each line of its input. The greeting is the first argument, or else appConfig.greeting, or else "Hello".

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
