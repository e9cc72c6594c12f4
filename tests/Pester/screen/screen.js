// A program in a terminal of its own, for tests: keys go in, and the screen that a person would see can be read.
//
//     node screen.js <columns> <rows> <program> [arguments]
//
// Standard input takes a line of JSON for each request, standard output gives one for each answer:
//   {"keys": "text"}                            types the text
//   {"wait": "regular expression", "sec": 60}   answers when the screen matches, or when the time is over
//   {"resize": [columns, rows]}                 changes the size
// Each answer is {"matched": bool, "ended": bool, "screen": [row, ...]}. A row is {"text", "spans": [{"text", "color"}]}.
// The screen is what has scrolled out of sight too.
const readline = require("readline");
const { Terminal } = require("@xterm/headless");
const pty = require("@lydell/node-pty");

const [columns, rows, program, ...args] = process.argv.slice(2);
const terminal = new Terminal({ cols: +columns, rows: +rows, scrollback: 10000, allowProposedApi: true });
const child = pty.spawn(program, args, { name: "xterm-256color", cols: +columns, rows: +rows, cwd: process.cwd(), env: process.env });
const names = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"];
let ended = false;
let waiting = null;

terminal.onData((answer) => child.write(answer));
child.onData((data) => terminal.write(data, check));
child.onExit(() => { ended = true; check(); });

function color(cell) {
    const parts = [];
    if (cell.isBold()) parts.push("Bold");
    if (cell.isDim()) parts.push("Dim");
    if (cell.isInverse()) parts.push("Inverse");
    const value = cell.getFgColor();
    if (cell.isFgPalette()) parts.push(value < 8 ? names[value] : value < 16 ? `Bright${names[value - 8]}` : String(value));
    if (cell.isFgRGB()) parts.push("#" + value.toString(16).padStart(6, "0"));
    return parts.join(" ");
}

function read() {
    const screen = [];
    const buffer = terminal.buffer.active;
    for (let y = 0; y < buffer.length; y++) {
        const line = buffer.getLine(y);
        const spans = [];
        for (let x = 0; x < line.length; x++) {
            const cell = line.getCell(x);
            if (cell.getWidth() === 0) continue;
            const text = cell.getChars() || " ";
            const last = spans[spans.length - 1];
            if (last && last.color === color(cell)) last.text += text;
            else spans.push({ text, color: color(cell) });
        }
        screen.push({ text: line.translateToString(true), spans: spans.filter((s) => s.color) });
    }
    while (screen.length && !screen[screen.length - 1].text) screen.pop();
    return screen;
}

const text = () => read().map((row) => row.text).join("\n");
const answer = (matched) => process.stdout.write(JSON.stringify({ matched, ended, screen: read() }) + "\n");

function check() {
    if (!waiting) return;
    const matched = waiting.pattern.test(text());
    if (!matched && !ended) return;
    clearTimeout(waiting.timer);
    waiting = null;
    answer(matched);
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const request = JSON.parse(line);
    if (request.resize) {
        terminal.resize(...request.resize);
        child.resize(...request.resize);
    }
    if (request.keys) child.write(request.keys);
    if (!request.wait) return answer(true);
    const timer = setTimeout(() => { waiting = null; answer(false); }, request.sec * 1000);
    waiting = { pattern: new RegExp(request.wait, "m"), timer };
    check();
}).on("close", () => {
    if (!ended) child.kill();
    process.exit();
});
