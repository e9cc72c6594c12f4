"use strict";

// Reads cities from the topic "cities" and greets each one.

module.exports = [
    { requires: "cities", contentType: "application/x-ndjson" },
    async function*(cities) {
        for await (const { city } of cities) {
            yield `Hello, ${city}!`;
        }
    }
];
