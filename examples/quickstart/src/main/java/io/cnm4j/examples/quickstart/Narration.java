package io.cnm4j.examples.quickstart;

import io.cnm4j.spi.plan.Preview;

/** What the story prints, and where it breaks off. */
public final class Narration {
    private Narration() {}

    /** Prints what would happen, as lines that an operator could type. */
    static void show(String title, Preview preview) {
        say(title);
        preview.render().forEach(Narration::tell);
    }

    static void say(String title) {
        System.out.println("\n== " + title);
    }

    static void tell(String line) {
        System.out.println("   " + line);
    }

    /** Goes on only if it is true. */
    public static void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new IllegalStateException(otherwise);
        }
    }
}
