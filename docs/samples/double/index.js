"use strict";

// An NDJSON transform: each object comes out as it came, its number n doubled.

module.exports = async function*(input) {
    for await (const item of input) {
        yield { ...item, n: item.n * 2 };
    }
};
