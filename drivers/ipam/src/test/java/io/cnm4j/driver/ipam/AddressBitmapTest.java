package io.cnm4j.driver.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBitmapTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 63, 64, 65, 65_535, 65_536, 65_537, (1 << 24) - 1, 1 << 24, (1 << 24) + 1, 1L << 32})
    void doesWhatASetDoes(long size) {
        var random = new Random(size);
        var bitmap = new AddressBitmap();
        var model = new TreeSet<Long>();
        for (int i = 0; i < 50_000; i++) {
            long number = number(random, size);
            switch (random.nextInt(5)) {
                case 0 -> {
                    long to = Math.min(size - 1, number + 70);
                    long free = nextFree(model, number);
                    assertThat(bitmap.take(number, to)).isEqualTo(free);
                    if (free <= to) {
                        model.add(free);
                    }
                }
                case 1, 2 -> assertThat(bitmap.add(number)).isEqualTo(model.add(number));
                case 3 -> assertThat(bitmap.remove(number)).isEqualTo(model.remove(number));
                default -> assertThat(bitmap.nextFree(number)).isEqualTo(nextFree(model, number));
            }
            assertThat(bitmap.contains(number)).isEqualTo(model.contains(number));
        }
        assertThat(bitmap.count()).isEqualTo(model.size());
    }

    /** Clusters at leaf and node boundaries, so that words there fill up. */
    private static long number(Random random, long size) {
        long[] starts = {0, 65_536 - 70, (1 << 24) - 70, size - 130};
        long start = Math.max(0, starts[random.nextInt(starts.length)]);
        return Math.min(size - 1, start + random.nextInt(140));
    }

    private static long nextFree(NavigableSet<Long> taken, long from) {
        long number = from;
        for (long next : taken.tailSet(from, true)) {
            if (next != number) {
                break;
            }
            number++;
        }
        return number;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 100, 4096, 5000, 262_144 + 3 * 4096 + 77})
    void fillsToTheLastAndEmptiesAgain(int size) {
        var bitmap = new AddressBitmap();
        for (int i = 0; i < size; i++) {
            assertThat(bitmap.nextFree(0)).isEqualTo(i);
            bitmap.add(i);
        }
        assertThat(bitmap.nextFree(0)).isEqualTo(size);
        for (int i = size - 1; i >= 0; i -= 1 + size / 100) {
            bitmap.remove(i);
            assertThat(bitmap.nextFree(0)).isEqualTo(i);
        }
    }

    @Test
    void findsTheOneHoleOfManyLeaves() {
        int size = 1 << 20;
        var bitmap = new AddressBitmap();
        for (int i = 0; i < size; i++) {
            bitmap.add(i);
        }
        var holes = new ArrayList<Integer>();
        new Random(3).ints(200, 0, size).forEach(holes::add);
        for (int hole : holes) {
            bitmap.remove(hole);
            assertThat(bitmap.nextFree(0)).isEqualTo(hole);
            assertThat(bitmap.nextFree(hole)).isEqualTo(hole);
            assertThat(bitmap.nextFree(hole + 1L)).isEqualTo(size);
            bitmap.add(hole);
        }
    }

    @Test
    void aFullNodeIsOneOfManyAndThenNoLongerFull() {
        int size = 1 << 24;
        var bitmap = new AddressBitmap();
        for (int i = 0; i < size; i++) {
            bitmap.add(i);
        }
        assertThat(bitmap.contains(5)).isTrue();
        bitmap.add(size);
        assertThat(bitmap.nextFree(0)).isEqualTo(size + 1);
        assertThat(bitmap.remove(5)).isTrue();
        assertThat(bitmap.contains(4)).isTrue();
        assertThat(bitmap.contains(5)).isFalse();
        assertThat(bitmap.contains(6)).isTrue();
        assertThat(bitmap.nextFree(0)).isEqualTo(5);
        assertThat(bitmap.count()).isEqualTo(size);
    }
}
