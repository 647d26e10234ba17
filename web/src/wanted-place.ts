let wanted: string | null = null

/** Where the page is going, with its query; it is there when what it needs is loaded. */
export function noteWanted(place: string): void {
  wanted = place
}

export function wantedPlace(): string {
  return wanted ?? window.location.href
}
