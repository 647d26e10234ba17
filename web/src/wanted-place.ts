let wanted: string | null = null

/** Notes the target of a navigation, with its query; it opens when everything that it needs is loaded. */
export function noteWanted(place: string): void {
  wanted = place
}

export function wantedPlace(): string {
  return wanted ?? window.location.href
}
