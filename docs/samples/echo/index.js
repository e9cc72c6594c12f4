"use strict";

// Bytes and text come out as they went in. A plain stream is passed on raw; what is yielded would come out as JSON.

const { PassThrough } = require("stream");
const { once } = require("events");

const copy = async (input, output) => {
    for await (const chunk of input) {
        if (!output.write(chunk)) {
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
