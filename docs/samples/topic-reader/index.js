"use strict";

// Takes cities out of the topic "cities" and greets each.

module.exports = [
    { requires: "cities", contentType: "application/x-ndjson" },
    async function*(cities) {
        for await (const { city } of cities) {
            yield `Hello, ${city}!`;
        }
    }
];
