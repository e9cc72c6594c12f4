"use strict";

// An NDJSON transform: returns each object with its number n doubled.

module.exports = async function*(input) {
    for await (const item of input) {
        yield { ...item, n: item.n * 2 };
    }
};
