<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Stock;

use Waldstream\Feeds\Model\MapLines;
use Waldstream\Feeds\Model\StagedRow;

/** Levels of rows by source code. */
class SourceLevels
{
    /**
     * Pieces that may be sold of a row. Locations of one source are added up; nothing is below zero.
     *
     * @param StagedRow $row
     * @param MapLines $sources
     * @return array<string, float> by source code
     * @throws \InvalidArgumentException for a level that is no number
     */
    public function of(StagedRow $row, MapLines $sources): array
    {
        $levels = [];
        foreach ($row->deleted ? [] : $row->data['locations'] ?? [] as $location) {
            $code = $sources->get($location['location']);
            if ($code === null) {
                continue;
            }
            $available = $location['available'];
            if (!is_numeric($available)) {
                throw new \InvalidArgumentException("\"{$available}\" of {$location['location']} is no quantity");
            }
            $levels[$code] = ($levels[$code] ?? 0.0) + (float) $available;
        }
        return array_map(static fn (float $level): float => max(0.0, round($level, 4)), $levels);
    }
}
