// Light or dark: as the system has it, until somebody presses the button; that is kept in this browser.

const kept = 'pier-theme';

export function mountTheme(button) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = () => {
    button.setAttribute('aria-pressed', String(isDark()));
  };
  const before = localStorage.getItem(kept);
  if (before === 'light' || before === 'dark') document.documentElement.dataset.theme = before;
  system.addEventListener('change', show);
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    localStorage.setItem(kept, document.documentElement.dataset.theme);
    show();
  });
  show();
}
