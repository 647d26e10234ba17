<?php

/**
 * Runs the PHP kit as a shop would, for the conformance suite; typescript-driver.ts is the same in TypeScript. Prints a line of JSON
 * per page and waits for a line of input before the next one; at the end prints the report, or the error, and the rows of the store.
 */

declare(strict_types=1);

use Waldstream\Client\CurlTransport;
use Waldstream\Client\FeedException;
use Waldstream\Client\FeedFollower;
use Waldstream\Client\FeedOptions;
use Waldstream\Client\FileStore;
use Waldstream\Client\Retry;
use Waldstream\Client\StreamTransport;

require __DIR__ . '/../../../clients/php/autoload.php';

/** @param array<string, mixed> $line */
function printLine(array $line): void
{
    fwrite(STDOUT, json_encode($line, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES) . "\n");
}

[, $transport, $json] = $argv;
/** @var array<string, mixed> $given */
$given = json_decode($json, true, 8, JSON_THROW_ON_ERROR);
$options = new FeedOptions(
    api: $given['api'],
    feed: $given['feed'],
    connection: $given['connection'],
    key: $given['key'],
    source: $given['source'] ?? null,
    limit: $given['limit'],
    readAgain: $given['onExpired'] === 'read-again',
    retry: new Retry(400, 0.02, 0.2),
);
$store = new FileStore($given['file']);
$follower = new FeedFollower($options, $store, $transport === 'curl' ? new CurlTransport() : new StreamTransport());
try {
    foreach ($follower->pages() as $page) {
        printLine(['page' => ['rows' => count($page->rows), 'complete' => $page->complete, 'full' => $page->full]]);
        fgets(STDIN);
    }
    printLine(['error' => null, 'rows' => $store->rows()]);
} catch (FeedException $error) {
    printLine(['error' => $error->problem, 'rows' => $store->rows()]);
}
