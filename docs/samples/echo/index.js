"use strict";

// The input, as it came: bytes as bytes, text as text, objects as objects.

module.exports = input => input;
