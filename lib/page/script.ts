/**
 * Runs beside a case that goes on; the page works without it. It counts down, and asks for the page again: what changed is
 * put in place, what a person has typed or ticked stays, and so does the focus. Nothing is sent by it.
 */
export const SCRIPT = `(() => {
  const main = () => document.querySelector('main');
  const tick = () => {
    for (const one of document.querySelectorAll('[data-until]')) {
      const left = Math.max(0, Math.floor((Date.parse(one.dataset.until) - Date.now() + skew) / 1000));
      one.textContent = Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0');
    }
  };
  const skew = Date.now() - Date.parse(main().dataset.now);
  const keyOf = (field) => field.name + '=' + (field.type === 'checkbox' ? field.value : '');
  const fields = () => [...main().querySelectorAll('input:not([type=hidden]), textarea')];
  const put = (next) => {
    const typed = new Map(fields().map((field) => [keyOf(field), [field.value, field.checked]]));
    const open = [...main().querySelectorAll('details')].map((one) => one.open);
    const focused = document.activeElement && document.activeElement.id;
    main().replaceWith(next);
    for (const field of fields()) {
      const was = typed.get(keyOf(field));
      if (!was) continue;
      if (field.type === 'checkbox') field.checked = was[1];
      else field.value = was[0];
    }
    main().querySelectorAll('details').forEach((one, at) => { one.open = open[at] ?? one.open; });
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
  };
  const look = async () => {
    const { live, version } = main().dataset;
    if (!live) return;
    try {
      const answer = await fetch(live, { credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const next = page.querySelector('main');
      if (next && next.dataset.version !== version) {
        put(document.adoptNode(next));
        document.title = page.title;
      }
    } catch {}
    setTimeout(look, document.hidden ? 10000 : 2000);
  };
  tick();
  setInterval(tick, 1000);
  setTimeout(look, 2000);
})();`;
