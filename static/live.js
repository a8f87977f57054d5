// DockMon live pages: moves values in place (SSE "values"), fetches the page again when something changed ("change"), and a little comfort.
// Without it everything works, only by reloading.
(() => {
	'use strict';
	const body = document.body, mark = document.getElementById('mark'), url = body.dataset.stream;
	let source, index, wait = 1000, timer = 0, last = 0, busy = false, again = false;

	// --- comfort: filters apply at once and leave empty fields out of the address; "/" goes to the search
	for (const form of document.querySelectorAll('form[data-auto]')) {
		form.addEventListener('change', (e) => { if (e.target.matches('select,[type=checkbox]')) form.requestSubmit(); });
		form.addEventListener('formdata', (e) => { for (const [k, v] of [...e.formData]) if (!v) e.formData.delete(k); });
	}
	document.addEventListener('keydown', (e) => {
		const q = document.querySelector('input[type=search]');
		if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || !q || e.target.matches('input,select,textarea')) return;
		e.preventDefault();
		q.select();
		q.focus();
	});
	if (!url) return;

	// --- values
	const add = (key, el) => { if (key) index.has(key) ? index.get(key).push(el) : index.set(key, [el]); };
	const reindex = () => {
		index = new Map();
		for (const el of document.querySelectorAll('[data-v],[data-p],[data-w]')) add(el.dataset.v || el.dataset.p || el.dataset.w, el);
	};
	const show = (el, text) => {
		if (el.dataset.p) return el.setAttribute('points', text);
		const cut = text.indexOf(' '), num = cut < 0 ? text : text.slice(0, cut), unit = el.querySelector('u');
		if (el.dataset.w) return el.setAttribute('width', (num || 0) + '%');
		if (el.firstChild && el.firstChild.nodeType === 3) el.firstChild.data = num;
		else el.prepend(num);
		if (unit) unit.textContent = cut < 0 ? '' : text.slice(cut + 1);
	};

	// --- structure: make the old tree like the new one, node by node, keyed by id, so that focus, ticks and open <details> stay
	const attrs = (a, b) => {
		for (const { name } of [...a.attributes]) if (!b.hasAttribute(name) && name !== 'open') a.removeAttribute(name);
		for (const { name, value } of b.attributes) if (a.getAttribute(name) !== value && name !== 'open') a.setAttribute(name, value);
	};
	const morph = (a, b) => {
		if (a.isEqualNode(b)) return;
		if (a.nodeType !== 1) { a.data = b.data; return; }
		attrs(a, b);
		const keep = new Set([...b.children].map((n) => n.id));
		for (const n of [...a.children]) if (n.id && !keep.has(n.id)) n.remove();
		let at = a.firstChild;
		for (const n of [...b.childNodes]) {
			let m = n.id ? document.getElementById(n.id) : at;
			if (m && (m.parentNode !== a || m.nodeName !== n.nodeName || (m.id || '') !== (n.id || ''))) m = null;
			if (!m) a.insertBefore(document.importNode(n, true), at);
			else {
				if (m === at) at = at.nextSibling;
				else a.insertBefore(m, at);
				morph(m, n);
			}
		}
		while (at) { const next = at.nextSibling; at.remove(); at = next; }
	};
	const patch = (doc) => {
		const focus = document.activeElement;
		for (const b of doc.querySelectorAll('[data-live]')) {
			const a = document.getElementById(b.id);
			if (a) morph(a, b);
		}
		if (focus && focus !== document.activeElement && focus.isConnected) focus.focus({ preventScroll: true });
		reindex();
	};
	const fetchPage = async () => {
		timer = 0;
		if (busy) { again = true; return; }
		busy = true;
		last = Date.now();
		try {
			const r = await fetch(location.href, { headers: { 'X-Refetch': '1' } });
			if (r.redirected || r.status === 404 || r.status === 403) return location.reload();
			if (r.ok) patch(new DOMParser().parseFromString(await r.text(), 'text/html'));
		} catch { /* the stream says that the server is away */ } finally {
			busy = false;
			if (again) { again = false; refetch(); }
		}
	};
	const refetch = () => { if (!timer) timer = setTimeout(fetchPage, Math.max(0, last + 800 - Date.now())); };

	// --- the stream
	const tell = (cls, text) => {
		if (mark && mark.textContent !== text) { mark.className = 'mark ' + cls; mark.textContent = text; }
	};
	const close = () => { if (source) source.close(); source = null; };
	const open = () => {
		close();
		source = new EventSource(url);
		let lost = false;
		source.onopen = () => {
			tell('on', 'live');
			if (lost || wait > 1000) refetch();
			lost = false;
			wait = 1000;
		};
		source.onerror = () => {
			lost = true;
			tell('lost', 'reconnecting…');
			if (source.readyState !== 2) return; // the browser tries again by itself
			setTimeout(() => { if (source && source.readyState === 2) open(); }, wait);
			wait = Math.min(wait * 2, 15000);
		};
		source.addEventListener('values', (e) => {
			for (const [key, text] of Object.entries(JSON.parse(e.data))) for (const el of index.get(key) || []) show(el, text);
		});
		source.addEventListener('change', refetch);
	};
	reindex();
	open();
	setInterval(() => { if (!document.hidden && Date.now() - last > 30000) refetch(); }, 10000); // relative times stay right
	addEventListener('pagehide', close);
	addEventListener('pageshow', (e) => { if (e.persisted) { open(); refetch(); } });
	document.addEventListener('visibilitychange', () => { if (document.hidden) close(); else { open(); refetch(); } });
})();
