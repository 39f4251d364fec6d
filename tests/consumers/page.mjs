// SPDX-License-Identifier: MIT
// page.mjs CHROMIUM PAGE.html: open the page in headless Chromium by DevTools over a pipe, and print the results as JSON:
// {console, requests, findings, open, alerts, text, timeline}. It needs no package.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [chromium, page] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "awry-chromium-"));
const browser = spawn(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
	"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
	"--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], env: { ...process.env, HOME: profile } });
const waiting = new Map(), listeners = [];
let next = 1, rest = Buffer.alloc(0);

browser.stdio[4].on("data", (chunk) => {
	rest = Buffer.concat([rest, chunk]);
	for (let end; (end = rest.indexOf(0)) >= 0;) {
		const message = JSON.parse(rest.subarray(0, end));
		rest = rest.subarray(end + 1);
		if (message.id === undefined)
			listeners.forEach((listener) => listener(message));
		else if (message.error)
			waiting.get(message.id).reject(new Error(JSON.stringify(message.error)));
		else
			waiting.get(message.id).resolve(message.result);
	}
});
const send = (method, params = {}, sessionId) => new Promise((resolved, reject) => {
	waiting.set(next, { resolve: resolved, reject });
	browser.stdio[3].write(JSON.stringify({ id: next++, method, params, sessionId }) + "\0");
});

const seen = { console: [], requests: [], alerts: [] };
try {
	const { targetId } = await send("Target.createTarget", { url: "about:blank" });
	const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
	const call = (method, params) => send(method, params, sessionId);
	const evaluate = async (expression) => {
		const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
		if (exceptionDetails)
			throw new Error(JSON.stringify(exceptionDetails));
		return result.value;
	};
	const loaded = new Promise((done) => listeners.push(({ method, params }) => {
		if (method === "Runtime.consoleAPICalled")
			seen.console.push(params.args.map((one) => one.value ?? one.description).join(" "));
		else if (method === "Runtime.exceptionThrown")
			seen.console.push(params.exceptionDetails.text);
		else if (method === "Log.entryAdded")
			seen.console.push(`${params.entry.level}: ${params.entry.text}`);
		else if (method === "Network.requestWillBeSent")
			seen.requests.push(params.request.url);
		else if (method === "Page.javascriptDialogOpening")
			seen.alerts.push(params.message);
		else if (method === "Page.loadEventFired")
			done();
	}));
	await call("Emulation.setDeviceMetricsOverride", { width: 400, height: 800, deviceScaleFactor: 1, mobile: false });
	for (const domain of ["Page", "Runtime", "Log", "Network"])
		await call(`${domain}.enable`);
	await call("Page.navigate", { url: pathToFileURL(resolve(page)).href });
	await loaded;
	seen.ready = await evaluate("document.documentElement.dataset.ready ?? null");
	seen.findings = await evaluate("document.querySelectorAll('.finding').length");
	await evaluate("document.querySelectorAll('.finding').forEach((one, i) => { if (i < 50) one.open = true; })");
	await evaluate("new Promise((done) => setTimeout(done, 300))");
	seen.open = await evaluate("document.querySelectorAll('.finding .body').length");
	// the visible text: without the data and the script, which are text of the body, too
	seen.text = await evaluate("[...document.body.children].filter((one) => one.tagName !== 'SCRIPT')" +
		".map((one) => one.textContent).join('\\n').slice(0, 2000000)");
	seen.narrowest = await evaluate("Math.min(...[...document.querySelectorAll('.finding .what')].slice(0, 50).map((one) => one.clientWidth), 9999)");
	seen.strangers = await evaluate("document.querySelectorAll('img, iframe, object, embed, script[src], link[href^=http]').length");
	seen.elements = await evaluate("[...document.querySelectorAll('body script')].length");
	// the filter, and the timeline by its keys
	seen.drawn = await evaluate("(() => { const c = document.getElementById('timeline'); const d = c.getContext('2d')" +
		".getImageData(0, 0, c.width, c.height).data; return d.some((v) => v !== 0); })()");
	seen.zoomed = await evaluate("(() => { const c = document.getElementById('timeline'); const a = c.toDataURL(); c.focus();" +
		"c.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true, cancelable: true }));" +
		"for (let i = 0; i < 5; i++) c.dispatchEvent(new KeyboardEvent('keydown', { key: '-', bubbles: true, cancelable: true }));" +
		"return a !== c.toDataURL() && document.getElementById('hint').textContent.length > 0; })()");
	seen.hint = await evaluate("document.getElementById('hint').textContent");
	await evaluate("(() => { const f = document.getElementById('filter'); f.value = 'no finding has these words';" +
		"f.dispatchEvent(new Event('input')); })()");
	await evaluate("new Promise((done) => setTimeout(done, 400))");
	seen.filtered = await evaluate("document.querySelectorAll('.finding:not([hidden])').length");
	console.log(JSON.stringify(seen));
} finally {
	const gone = new Promise((done) => browser.on("exit", done));
	await Promise.race([send("Browser.close").catch(() => {}), gone]);
	setTimeout(() => browser.kill("SIGKILL"), 5000).unref();
	await gone;
	rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
