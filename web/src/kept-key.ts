const NAME = 'waldstream.key'

/** The key that this browser signs in with; null: none. */
export function keptKey(): string | null {
  return localStorage.getItem(NAME) ?? sessionStorage.getItem(NAME)
}

/** `keep`: also after the browser is closed. */
export function keepKey(key: string, keep: boolean): void {
  const store = keep ? localStorage : sessionStorage
  store.setItem(NAME, key)
}

export function forgetKey(): void {
  localStorage.removeItem(NAME)
  sessionStorage.removeItem(NAME)
}
