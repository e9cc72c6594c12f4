"use strict";

// A producer: counts up to the first argument. The default is ten.

module.exports = async function*(input, to = 10) {
    for (let n = 1; n <= to; n++) {
        yield { n };
    }
};
