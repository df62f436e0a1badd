// Light or dark: the system's choice, until the user presses the button. The user's choice is stored in the browser.

const key = 'pier-theme';

export function mountTheme(button) {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = () => button.setAttribute('aria-pressed', String(isDark()));
  const stored = localStorage.getItem(key);
  if (stored === 'light' || stored === 'dark') root.dataset.theme = stored;
  system.addEventListener('change', show);
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    localStorage.setItem(key, root.dataset.theme);
    show();
  });
  show();
}
