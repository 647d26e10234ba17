<?php

declare(strict_types=1);

namespace Waldstream\Client;

/**
 * Stores a feed in a file: one line of JSON per commit, on disk before the commit returns. A line that a crash cut
 * off is ignored. The file is locked while the store exists; the rows are also in memory.
 */
final class FileStore implements FeedStore
{
    /** The file is compacted when it has more than this many rows per current row. */
    private const WASTE = 2;
    /** Files with fewer rows are not compacted. */
    private const SMALL_ROWS = 10_000;
    private const JSON = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
        | JSON_PRESERVE_ZERO_FRACTION;

    private RowCopy $copy;
    private ?FeedState $state = null;
    /** @var resource */
    private $file;
    /** @var resource */
    private $lock;
    /** Bytes of complete lines in the file. */
    private int $bytes = 0;
    /** Rows in the file, including replaced ones. */
    private int $written = 0;

    /**
     * Throws FeedException `store_taken` while another store uses the file, `store_invalid` if the file is not a copy.
     *
     * @param (\Closure(array<string, mixed>): string)|null $keyOf the SKU by default
     */
    public function __construct(private readonly string $path, ?\Closure $keyOf = null)
    {
        $this->copy = new RowCopy($keyOf ?? RowKey::sku(...));
        $this->lock = self::open($path . '.lock', 'c');
        if (!flock($this->lock, LOCK_EX | LOCK_NB)) {
            throw new FeedException('store_taken', "{$path}: another process uses this file; use one run at a time");
        }
        $this->file = self::open($path, 'c+');
        $this->read();
    }

    public function load(): ?FeedState
    {
        return $this->state;
    }

    public function commit(FeedCommit $commit): void
    {
        $bytes = self::write($this->file, [self::lineOf($commit)]);
        if ($bytes === null) {
            ftruncate($this->file, $this->bytes);
            fseek($this->file, $this->bytes);
            throw new FeedException('store_invalid', "{$this->path} could not be written");
        }
        $this->apply($commit, $bytes);
        if ($this->written > self::SMALL_ROWS && $this->written > self::WASTE * $this->copy->size()) {
            $this->compact();
        }
    }

    /** @return array<string, mixed>|null */
    public function get(string $key): ?array
    {
        return $this->copy->get($key);
    }

    /** @return list<array<string, mixed>> deleted rows included */
    public function rows(): array
    {
        return $this->copy->rows();
    }

    private function read(): void
    {
        while (($line = fgets($this->file)) !== false) {
            // A line that a crash cut off was never reported as committed.
            if (!str_ends_with($line, "\n")) {
                break;
            }
            $this->apply($this->commitOf($line), strlen($line));
        }
        ftruncate($this->file, $this->bytes);
        fseek($this->file, $this->bytes);
    }

    private function apply(FeedCommit $commit, int $bytes): void
    {
        $this->copy->apply($commit);
        $this->state = $commit->state;
        $this->bytes += $bytes;
        $this->written += count($commit->rows);
    }

    /** Writes the current rows to a new file, and replaces the old file atomically. */
    private function compact(): void
    {
        $state = $this->state;
        if ($state === null) {
            return;
        }
        $lines = [];
        foreach ($this->copy->rounds() as $round => $rows) {
            $of = new FeedState($state->cursor, $state->etag, $state->complete, $round, $state->full, $state->url);
            $lines[] = self::lineOf(new FeedCommit($rows, $of, null));
        }
        $lines[] = self::lineOf(new FeedCommit([], $state, null));
        $aside = $this->path . '.new';
        $file = self::open($aside, 'w+');
        $bytes = self::write($file, $lines);
        if ($bytes === null || !rename($aside, $this->path)) {
            throw new FeedException('store_invalid', "{$aside} could not be written");
        }
        fclose($this->file);
        [$this->file, $this->bytes, $this->written] = [$file, $bytes, $this->copy->size()];
    }

    private static function lineOf(FeedCommit $commit): string
    {
        $state = $commit->state->toJson();
        $before = $commit->removeBefore;
        return json_encode(['state' => $state, 'removeBefore' => $before, 'rows' => $commit->rows], self::JSON) . "\n";
    }

    private function commitOf(string $line): FeedCommit
    {
        /** @var mixed $value */
        $value = json_decode($line, true);
        if (!is_array($value) || !is_string($value['state'] ?? null) || !is_array($value['rows'] ?? null)) {
            $message = "{$this->path} is not a copy of a feed: remove it to read the feed in full";
            throw new FeedException('store_invalid', $message);
        }
        return new FeedCommit($value['rows'], FeedState::fromJson($value['state']), $value['removeBefore'] ?? null);
    }

    /**
     * @param resource $file
     * @param list<string> $lines
     * @return int|null bytes; null: not everything is on disk
     */
    private static function write($file, array $lines): ?int
    {
        $bytes = 0;
        foreach ($lines as $line) {
            if (fwrite($file, $line) !== strlen($line)) {
                return null;
            }
            $bytes += strlen($line);
        }
        return fflush($file) && fsync($file) ? $bytes : null;
    }

    /** @return resource */
    private static function open(string $path, string $mode)
    {
        $file = @fopen($path, $mode);
        if ($file === false) {
            throw new FeedException('store_invalid', "{$path} cannot be opened for writing");
        }
        return $file;
    }
}
