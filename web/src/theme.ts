import { createSignal } from 'solid-js'
import { keepTheme, keptTheme, showTheme, type Theme } from './kept-theme.ts'

const [theme, setTheme] = createSignal<Theme>(keptTheme())

export { theme }

export function chooseTheme(chosen: Theme): void {
  keepTheme(chosen)
  setTheme(chosen)
  showTheme(chosen)
}
