"use strict";

// Returns bytes, text and objects unchanged. A plain stream is passed on as it is. Yielded values would be written as JSON.

const { PassThrough } = require("stream");
const { once } = require("events");

const copy = async (input, output) => {
    for await (const chunk of input) {
        const piece = typeof chunk === "string" || Buffer.isBuffer(chunk) ? chunk : JSON.stringify(chunk) + "\n";

        if (!output.write(piece)) {
            await once(output, "drain");
        }
    }

    output.end();
};

module.exports = input => {
    const output = new PassThrough();

    copy(input, output).catch(error => output.destroy(error));
    return output;
};
