<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Image;

use Waldstream\Feeds\Model\StagedRow;

/** The pictures of rows, without those that the shop has itself. */
class WantedImages
{
    private const ROLES = ['image', 'small_image', 'thumbnail', 'swatch_image'];

    /**
     * The pictures of a row.
     *
     * @param StagedRow $row
     * @param string[] $own addresses that the shop's own pictures begin with
     * @return array<string, WantedImage> by the name of the file
     */
    public function of(StagedRow $row, array $own): array
    {
        if ($row->deleted) {
            return [];
        }
        $entries = $row->data['gallery'] ?? [];
        foreach (self::ROLES as $role) {
            $url = $row->data[$role] ?? null;
            if ($url !== null && !in_array($url, array_column($entries, 'url'), true)) {
                $entries[] = ['url' => $url];
            }
        }
        $wanted = [];
        foreach ($entries as $entry) {
            if (self::isOwn($entry['url'], $own) || ($entry['media_type'] ?? 'image') !== 'image') {
                continue;
            }
            $name = self::prefix($row->source) . substr(hash('sha256', $entry['picture'] ?? $entry['url']), 0, 16);
            $roles = array_keys(array_intersect_key($row->data, array_flip(self::ROLES)), $entry['url'], true);
            $wanted[$name] ??= new WantedImage(
                $name,
                $entry['url'],
                (int) ($entry['position'] ?? 0),
                $entry['label'] ?? null,
                $roles,
            );
        }
        return $wanted;
    }

    /**
     * The name that a file of the shop was given by this module.
     *
     * @param string $file
     * @param string $source
     * @return string|null null: it is not from this source
     */
    public function nameOf(string $file, string $source): ?string
    {
        // Magento adds a number where a file of the name is there.
        $pattern = '~^' . preg_quote(self::prefix($source), '~') . '[0-9a-f]{16}(?=(_\d+)?\.)~';
        return preg_match($pattern, basename($file), $found) === 1 ? $found[0] : null;
    }

    /**
     * The beginning of the names of a source's files.
     *
     * @param string $source
     * @return string
     */
    private static function prefix(string $source): string
    {
        return 'ws-' . hash('crc32b', $source) . '-';
    }

    /**
     * Whether a picture is the shop's.
     *
     * @param string $url
     * @param string[] $own
     * @return bool
     */
    private static function isOwn(string $url, array $own): bool
    {
        foreach ($own as $base) {
            if ($base !== '' && str_starts_with($url, $base)) {
                return true;
            }
        }
        return false;
    }
}
