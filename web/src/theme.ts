import { createSignal } from 'solid-js'

const NAME = 'waldstream.theme'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const kept = themes.find((one) => one === localStorage.getItem(NAME)) ?? 'system'
const [theme, setTheme] = createSignal<Theme>(kept)

export { theme }

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(NAME, chosen)
  setTheme(chosen)
  applyTheme()
}

export function applyTheme(): void {
  const chosen = theme()
  if (chosen === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = chosen
}
