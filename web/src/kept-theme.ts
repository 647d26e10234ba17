const NAME = 'waldstream.theme'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** As chosen in this browser. */
export function keptTheme(): Theme {
  return themes.find((one) => one === localStorage.getItem(NAME)) ?? 'system'
}

export function keepTheme(theme: Theme): void {
  localStorage.setItem(NAME, theme)
}

export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
