"use strict";

// Writes cities to the topic "cities", which topic-reader reads.

const { PassThrough } = require("stream");

module.exports = function() {
    const output = new PassThrough({ objectMode: true });

    for (const city of ["Gdańsk", "Sopot", "Gdynia"]) {
        output.write({ city });
    }

    return Object.assign(output, { topic: "cities", contentType: "application/x-ndjson" });
};
