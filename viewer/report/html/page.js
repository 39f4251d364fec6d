/* SPDX-License-Identifier: MIT */
/* The script of the HTML report. Recorded text reaches the page as text, never as markup. */
"use strict";
(() => {
	/* Characters that are invisible or reverse text are shown as escapes. */
	const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;
	const escaped = (one) => "\\u" + one.codePointAt(0).toString(16).padStart(4, "0");
	const visible = (key, value) => typeof value === "string" ? value.replace(hidden, escaped) : value;
	const documents = JSON.parse(document.getElementById("data").textContent, visible);
	const entries = [...document.querySelectorAll(".finding")];

	for (const doc of documents) {
		doc.errorOf = new Map(doc.errors.map((error) => [error.id, error]));
		doc.stackOf = new Map(doc.stacks.map((stack) => [stack.id, stack]));
	}

	const make = (tag, className, text) => {
		const element = document.createElement(tag);
		if (className)
			element.className = className;
		if (text !== undefined && text !== null)
			element.textContent = text;
		return element;
	};
	/* The form of aw__text_duration(). `step`: the distance of such labels, which gives them the decimals to differ. */
	const duration = (ns, step = Infinity) => {
		if (ns < 0)
			return `-${duration(-ns, step)}`;
		const seconds = Math.floor(ns / 1e9), pair = (value, size, big, small) =>
			`${Math.floor(value / size)}${big}${String(value % size).padStart(2, "0")}${small}`;
		if (seconds >= 86400)
			return pair(Math.floor(seconds / 3600), 24, "d", "h");
		if (seconds >= 3600)
			return pair(Math.floor(seconds / 60), 60, "h", "m");
		if (seconds >= 60)
			return pair(seconds, 60, "m", "s");
		for (const [unit, size, least] of [["s", 1e9, 1], ["ms", 1e6, 0], ["us", 1e3, 0]]) {
			const tens = 10 ** Math.max(least, Math.ceil(Math.log10(size / Math.max(step, 1))));
			if (ns >= size)
				return `${(Math.floor(ns / (size / tens)) / tens).toFixed(Math.log10(tens))} ${unit}`;
		}
		return `${Math.floor(ns)} ns`;
	};
	const place = (frame) => frame && frame.file ? `${frame.file}${frame.line ? ":" + frame.line : ""}` : frame?.module ?? "";
	const nameOf = (task) => task.name ?? `Task-${task.id}`;
	const who = (task) => `${nameOf(task)}${task.coroutine?.function ? ` (coroutine ${task.coroutine.function})` : ""}`;

	/* ---- the details of a finding ---- */

	const frameItem = (frame) => {
		const item = make("li", frame.machinery ? "mono own" : "mono");
		item.append(make("b", "", frame.function ?? frame.address ?? "unknown function"), " ", make("span", "soft", place(frame)));
		if (frame.source)
			item.append(make("div", "source", frame.source));
		return item;
	};
	/* `site`: where the error was raised; shown as a frame of its own if the stack does not begin there. */
	const part = (stack, site) => {
		const list = make("ol", "stack");
		const own = stack.frames.find((frame) => !frame.machinery);
		let missing = site?.function && own?.function !== site.function ? site : null;
		if (!own && missing) {
			list.append(frameItem(missing));
			missing = null;
		}
		let folded = [];
		const unfold = () => {
			if (folded.length === 0)
				return;
			const fold = make("details", "fold"), inner = make("ol", "stack"), item = make("li");
			fold.append(make("summary", "", `${folded.length} frame${folded.length > 1 ? "s" : ""} of awry, libuv, CPython and libc`));
			inner.append(...folded.map(frameItem));
			fold.append(inner);
			item.append(fold);
			list.append(item);
			folded = [];
		};
		for (const frame of stack.frames) {
			if (frame.machinery) {
				folded.push(frame);
				continue;
			}
			unfold();
			if (missing)
				list.append(frameItem(missing));
			missing = null;
			list.append(frameItem(frame));
		}
		unfold();
		if (stack.before_recording)
			list.append(make("li", "soft", "created before recording began"));
		if (stack.missing)
			list.append(make("li", "soft", "this stack was not recorded"));
		return list;
	};
	/*
	 * `task`: the task of the first stack: the stack is within it if `inTask`, else where it was created. `creator`: its creator.
	 */
	const stacks = (doc, id, heading, { site, task, inTask, creator } = {}) => {
		const box = make("div"), seen = new Set();
		const ancestor = (parts) => {
			if (inTask && parts === 1)
				return `${task ? nameOf(task) : "the task"} was created at`;
			return `created by ${creator && parts === (inTask ? 2 : 1) ? `${nameOf(creator)}, which` : "a task that"} was created at`;
		};
		for (let at = id, parts = 0; at !== null && at !== undefined && parts < 64; parts++) {
			const stack = doc.stackOf.get(at);
			if (!stack || seen.has(at)) {
				box.append(make("p", "soft", stack ? "damaged recording: from here on the links form a cycle" : "earlier ancestors were not recorded"));
				break;
			}
			seen.add(at);
			box.append(make("p", "soft", parts === 0 ? heading : ancestor(parts)), part(stack, parts === 0 ? site : null));
			at = stack.link;
		}
		return box;
	};
	const errorTree = (doc, id, label, seen) => {
		const error = doc.errorOf.get(id);
		const box = make("details", "tree");
		const head = make("summary");
		box.open = seen.size < 50;
		head.append(make("span", "soft", label));
		if (!error) {
			head.append(`error #${id}, which was not recorded`);
			box.append(head);
			return box;
		}
		head.append(make("span", "type", error.type ?? "Error of an unknown type"));
		if (error.message)
			head.append(": ", make("span", "message", error.message));
		box.append(head);
		if (seen.has(id) || seen.size > 1000) {
			box.append(make("p", "soft", "shown above"));
			return box;
		}
		seen.add(id);
		for (const note of error.notes)
			box.append(make("p", "message", `note: ${note}`));
		for (const { key, value } of error.attributes)
			box.append(make("p", "message mono", `.${key ?? "?"} = ${value ?? ""}`));
		if (error.task)
			box.append(make("p", "soft", `raised in ${who(error.task)}`));
		if (error.stack !== null)
			box.append(stacks(doc, error.stack, "stack, most recent call first", { site: error.site, task: error.task, inTask: true }));
		else if (error.site)
			box.append(part({ frames: [error.site] }));
		for (const child of error.children.slice(0, 1000))
			box.append(errorTree(doc, child, "", seen));
		if (error.cause !== null)
			box.append(errorTree(doc, error.cause, "caused by ", seen));
		if (error.context !== null && error.context !== error.cause)
			box.append(errorTree(doc, error.context, "raised while handling ", seen));
		return box;
	};
	/* The task of a finding's stack, and whether the stack is within it or shows its creation. */
	const stackOwner = (finding) => {
		if (finding.kind === "swallowed-cancel")
			return { task: finding.by, inTask: true };
		if (!finding.task)
			return { task: finding.creator, inTask: true };
		return { task: finding.task, creator: finding.creator,
			inTask: ["blocked-loop", "never-awaited", "scope-left-open"].includes(finding.kind) };
	};
	const fill = (entry) => {
		if (entry.dataset.filled)
			return;
		entry.dataset.filled = "yes";
		const doc = documents[entry.dataset.process], finding = doc.findings[entry.dataset.finding];
		const body = make("div", "body");

		if (!finding) {
			body.append(make("p", "soft", "left out: the page would be too large"));
			entry.append(body);
			return;
		}
		const say = (className, text) => text && body.append(make("p", className, text));
		const waited = (id, heading, task) => id !== null && id !== undefined
			&& body.append(stacks(doc, id, heading, { task, inTask: true }));

		if (finding.allowed)
			say("advice", `allowed${finding.allowed.count < finding.count ? `, ${finding.allowed.count} of ${finding.count}` : ""}: ${finding.allowed.reason}`
				+ ` (${finding.allowed.file}:${finding.allowed.line}${finding.allowed.expires ? `, until ${finding.allowed.expires}` : ""})`);
		say("", finding.task && `task ${who(finding.task)}`);
		say("", finding.creator && `${!finding.task && finding.kind === "never-retrieved" ? "submitted" : "made"} by ${who(finding.creator)}`);
		say("", finding.coroutine && `coroutine ${finding.coroutine.function ?? "unknown"}, defined at ${place(finding.coroutine)}`);
		if (finding.noticed_after_ns !== undefined)
			say("", `blocked for ${finding.lasted_ns ? duration(finding.lasted_ns) : "at least " + duration(finding.noticed_after_ns)}`);
		say("message", finding.detail);
		for (const member of finding.members ?? []) {
			say("mono", `${member.task ? who(member.task) : "a task"} waits for ${member.waits_for} #${member.target}`);
			waited(member.wait_stack, `${member.task ? who(member.task) : "it"} waits here, most recent call first`, member.task);
		}
		if (finding.error !== null)
			body.append(errorTree(doc, finding.error, "", new Set()));
		if (finding.stack !== null)
			body.append(stacks(doc, finding.stack, "its stack, most recent call first", stackOwner(finding)));
		if (!finding.members?.length && finding.wait_stack !== finding.stack)
			waited(finding.wait_stack, "it waited here, most recent call first", finding.task);
		if (finding.count > 1) {
			const names = [...new Set(finding.again.filter((one) => one.task).map((one) => nameOf(one.task)))];
			say("", `${finding.count - 1} more times${names.length ? ", of " + names.slice(0, 12).join(", ") + (names.length > 12 ? ", …" : "") : ""}`);
		}
		say("soft", finding.meaning);
		say("advice", finding.advice);
		entry.append(body);
	};
	for (const entry of entries)
		entry.addEventListener("toggle", () => entry.open && fill(entry));
	if (entries.length === 1)
		entries[0].open = true;
	entries.filter((entry) => entry.open).forEach(fill);
	addEventListener("beforeprint", () => {
		for (const entry of entries.filter((one) => !one.hidden).slice(0, 500)) {
			fill(entry);
			entry.open = true;
		}
	});

	/* ---- the filter ---- */

	const text = document.getElementById("filter"), kinds = new Set();
	const words = entries.map((entry) => entry.firstElementChild.textContent.toLowerCase());
	const show = document.getElementById("shown");
	const filter = () => {
		const wanted = text.value.toLowerCase();
		let shown = 0;
		entries.forEach((entry, i) => {
			entry.hidden = !words[i].includes(wanted) || (kinds.size > 0 && !kinds.has(entry.dataset.kind));
			shown += !entry.hidden;
		});
		show.textContent = shown === entries.length ? "" : `${shown} of ${entries.length} are shown`;
		draw();
	};
	let later = 0;
	text.addEventListener("input", () => {
		clearTimeout(later);
		later = setTimeout(filter, 120);
	});
	for (const button of document.querySelectorAll("button[data-kind]"))
		button.addEventListener("click", () => {
			const kind = button.dataset.kind;
			if (!kinds.delete(kind))
				kinds.add(kind);
			button.setAttribute("aria-pressed", kinds.has(kind));
			filter();
		});
	const go = (step) => {
		const visible = entries.filter((entry) => !entry.hidden);
		const at = visible.findIndex((entry) => entry.contains(document.activeElement));
		const next = visible[at < 0 ? 0 : Math.max(0, Math.min(visible.length - 1, at + step))];
		next?.firstElementChild.focus();
		next?.scrollIntoView({ block: "nearest" });
	};
	addEventListener("keydown", (event) => {
		if (event.target === text || event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (event.key === "/")
			text.focus();
		else if (event.key === "j" || event.key === "k")
			go(event.key === "j" ? 1 : -1);
		else
			return;
		event.preventDefault();
	});

	/* ---- the timeline ---- */

	const canvas = document.getElementById("timeline"), hint = document.getElementById("hint");
	const told = entries.filter((entry) => documents[entry.dataset.process].findings[entry.dataset.finding]);
	const marks = told.map((entry) => {
		const doc = documents[entry.dataset.process], finding = doc.findings[entry.dataset.finding];
		const lasted = finding.lasted_ns || finding.noticed_after_ns || 0;
		const end = finding.time_ns + Math.max(0, (finding.lasted_ns || 0) - (finding.noticed_after_ns || 0));
		const begin = lasted ? end - lasted : finding.task && doc.created[finding.task.id] || finding.time_ns;
		return { entry, begin, end, level: finding.level, kind: finding.kind };
	}).filter((mark) => mark.end > 0);
	const lanes = [...new Set(marks.map((mark) => mark.kind))];
	const all = marks.reduce((span, mark) => [Math.min(span[0], mark.begin), Math.max(span[1], mark.end)], [Infinity, 0]);
	if (marks.length === 0)
		all[0] = 0;
	let from = all[0], to = Math.max(all[1], all[0] + 1000), chosen = -1;
	const left = 126, right = 14, top = 24, lane = 19, height = top + lane * Math.max(2, lanes.length) + 6;
	const span = () => Math.max(1, canvas.clientWidth - left - right);
	const x = (time) => left + (time - from) / (to - from) * span();
	const y = (mark) => top + (lanes.indexOf(mark.kind) + 0.5) * lane;
	const draw = () => {
		const ratio = devicePixelRatio || 1, brush = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
		const colour = (name) => style.getPropertyValue(`--${name}`);
		canvas.width = canvas.clientWidth * ratio;
		canvas.height = height * ratio;
		brush.scale(ratio, ratio);
		brush.clearRect(0, 0, canvas.clientWidth, height);
		brush.font = "11px system-ui, sans-serif";
		brush.fillStyle = colour("soft");
		brush.strokeStyle = colour("line");
		const most = Math.max(1, span() / 70), step = 10 ** Math.floor(Math.log10((to - from) / most));
		const wide = step * ([1, 2, 5].find((times) => (to - from) / (step * times) <= most) ?? 10);
		for (let time = Math.ceil((from - all[0]) / wide) * wide + all[0], i = 0; time <= to && i < 50; time += wide, i++) {
			brush.beginPath();
			brush.moveTo(x(time), 18);
			brush.lineTo(x(time), height - 4);
			brush.stroke();
			brush.fillText(`+${duration(Math.round((time - all[0]) / wide) * wide, wide)}`, x(time) + 3, 13);
		}
		brush.save();
		brush.beginPath();
		brush.rect(left - 5, 0, span() + 10, height);
		brush.clip();
		marks.forEach((mark, i) => {
			if (mark.entry.hidden || mark.end < from || mark.begin > to)
				return;
			brush.fillStyle = brush.strokeStyle = colour(mark.level);
			brush.globalAlpha = i === chosen ? 1 : 0.35;
			brush.fillRect(x(mark.begin), y(mark) - 2, Math.max(1, x(mark.end) - x(mark.begin)), 4);
			brush.globalAlpha = i === chosen ? 1 : 0.75;
			brush.beginPath();
			brush.arc(x(mark.end), y(mark), i === chosen ? 6 : 3.5, 0, 7);
			brush.fill();
		});
		brush.restore();
		brush.fillStyle = colour("soft");
		brush.textBaseline = "middle";
		lanes.forEach((kind) => brush.fillText(kind, 12, y({ kind })));
		brush.textBaseline = "alphabetic";
	};
	const look = (middle, factor, shift) => {
		const width = Math.min(Math.max((to - from) * factor, 100), (all[1] - all[0] + 1000) * 2);
		const share = (middle - from) / (to - from);
		from = middle - share * width + shift * width;
		to = from + width;
		draw();
	};
	const timeAt = (event) => from + (event.offsetX - left) / span() * (to - from);
	const choose = (i) => {
		chosen = i;
		hint.textContent = i < 0 ? "" : `+${duration(marks[i].end - all[0])}  ${marks[i].entry.firstElementChild.textContent}`;
		draw();
	};
	const near = (event) => {
		let best = -1, distance = 12;
		marks.forEach((mark, i) => {
			const away = Math.hypot(x(mark.end) - event.offsetX, y(mark) - event.offsetY);
			if (!mark.entry.hidden && away < distance)
				[best, distance] = [i, away];
		});
		return best;
	};
	const open = (i) => {
		if (i < 0)
			return;
		marks[i].entry.open = true;
		marks[i].entry.firstElementChild.focus();
		marks[i].entry.scrollIntoView({ block: "start" });
	};
	let grip = null;
	canvas.addEventListener("wheel", (event) => {
		event.preventDefault();
		look(timeAt(event), event.deltaY > 0 ? 1.25 : 0.8, 0);
	}, { passive: false });
	canvas.addEventListener("pointerdown", (event) => {
		grip = { at: event.offsetX, moved: false };
		canvas.setPointerCapture(event.pointerId);
	});
	canvas.addEventListener("pointermove", (event) => {
		if (!grip) {
			choose(near(event));
			return;
		}
		grip.moved = grip.moved || Math.abs(event.offsetX - grip.at) > 3;
		if (grip.moved) {
			look(from, 1, (grip.at - event.offsetX) / span());
			grip.at = event.offsetX;
		}
	});
	canvas.addEventListener("pointerup", (event) => {
		if (grip && !grip.moved)
			open(near(event));
		grip = null;
	});
	canvas.addEventListener("keydown", (event) => {
		const middle = chosen >= 0 ? marks[chosen].end : (from + to) / 2;
		const visible = marks.map((_, i) => i).filter((i) => !marks[i].entry.hidden).sort((a, b) => marks[a].end - marks[b].end);
		const at = visible.indexOf(chosen);
		switch (event.key) {
		case "+": case "=": look(middle, 0.7, 0); break;
		case "-": look(middle, 1.4, 0); break;
		case "ArrowLeft": look(from, 1, -0.15); break;
		case "ArrowRight": look(from, 1, 0.15); break;
		case "0": case "Home": [from, to] = [all[0], Math.max(all[1], all[0] + 1000)]; draw(); break;
		case "n": if (visible.length > 0) choose(visible[(at + 1) % visible.length]); break;
		case "p": if (visible.length > 0) choose(visible[(at - 1 + visible.length) % visible.length]); break;
		case "Enter": open(chosen); break;
		default: return;
		}
		event.preventDefault();
		event.stopPropagation();
	});
	canvas.style.height = `${height}px`;
	addEventListener("resize", draw);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
	draw();
	document.documentElement.dataset.ready = String(entries.length);
})();
