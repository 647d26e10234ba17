/** A file as its place lists it. */
export interface PlacedFile {
  /** Without a folder. */
  readonly name: string
  /** As its sender called it, where several may have one name; patterns are for it. Without it: `name`. */
  readonly called?: string
  /** Null: its place does not say. */
  readonly bytes: number | null
  /** Milliseconds UTC, accurate to the second; null: its place does not say. */
  readonly modifiedAt: number | null
  /** Differs for another content; null: its place has none. */
  readonly version: string | null
}

/** Whether a file was listed alike twice; files of which nothing is known are alike. */
export function listedAlike(one: Listing, other: Listing): boolean {
  if (one.version !== null && one.version === other.version) return true
  return one.version === other.version && one.bytes === other.bytes && one.modifiedAt === other.modifiedAt
}

/** Whether two listings of a name prove that there are two files: servers do not say the same at each time. */
export function isOther(one: Listing, other: Listing): boolean {
  const differs = <T>(a: T | null, b: T | null) => a !== null && b !== null && a !== b
  return (
    differs(one.version, other.version) || differs(one.bytes, other.bytes) || differs(one.modifiedAt, other.modifiedAt)
  )
}

/** Whether two equal listings prove that a file is the same one. */
export function showsChanges({ version, modifiedAt }: Listing): boolean {
  return version !== null || modifiedAt !== null
}

type Listing = Omit<PlacedFile, 'name' | 'called'>

/**
 * One visit to a place; it ends with the call that began it. Paths are relative to the address of the system, with `/`
 * between their parts. Its errors are `target_unavailable`, `timed_out`, `not_found` (a file or folder),
 * `permission_missing`, `credentials_refused` and `configuration_invalid`, over HTTP also `rate_limited` and
 * `target_rejected`, on S3 also `concurrent_change`, and in a mailbox also `rate_limited`.
 */
export interface Visit {
  /** False: `move` copies and deletes, so a crash may leave both files. */
  readonly movesInOneStep: boolean
  /** True: what is listed is whole, so its size needs no second look. */
  readonly listsOnlyWhole: boolean
  /** Files directly in a folder, without its subfolders, in no certain order; over HTTP only those it is asked for. */
  list(folder: string): Promise<readonly PlacedFile[]>
  /** Null: there is no such file. */
  find(path: string): Promise<PlacedFile | null>
  /**
   * The content as a stream; nothing is read before the first chunk is asked for. `listed`: what the place said of the
   * file. If a server has another version of it, as behind a cache, the stream fails.
   */
  read(path: string, listed?: PlacedFile): AsyncIterable<Buffer>
  /** Writes the file under exactly this name; creates its folder. What a crash leaves is not the whole file. */
  write(path: string, content: Buffer): Promise<void>
  /**
   * Renames, so that a reader sees all of the file or nothing. Creates the folder of `to`. Throws `target_conflict` if
   * there is a file at `to`. `listed`: as for `read`; a file of another version stays, if its place has versions.
   */
  move(from: string, to: string, listed?: PlacedFile): Promise<void>
  /** A file that is not there counts as removed. `listed`: as for `move`. */
  remove(path: string, listed?: PlacedFile): Promise<void>
}

/** Where files come from and go to. */
export interface Place {
  /** For people, without secrets: `sftp.acme.example:22`. */
  readonly name: string
  /** Connects, does the work and disconnects. Ends soon after the signal aborts. */
  visit<T>(work: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T>
}

/** The folder of a path; empty: the address itself. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
