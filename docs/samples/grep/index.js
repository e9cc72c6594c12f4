"use strict";

// A line filter: returns the lines that contain the first argument.

module.exports = async function*(input, text = "") {
    let rest = "";

    for await (const chunk of input) {
        const lines = (rest + chunk).split("\n");

        rest = lines.pop();
        yield* lines.filter(line => line.includes(text));
    }

    if (rest.includes(text) && rest) {
        yield rest;
    }
};
