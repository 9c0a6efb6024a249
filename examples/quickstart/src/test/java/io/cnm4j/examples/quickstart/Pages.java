package io.cnm4j.examples.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The README and the pages of docs, as they are in the source tree. */
final class Pages {
    /** The top of the source tree; tests run in the directory of their module. */
    static final Path ROOT = Path.of("../..");

    private static final String FENCE = "```";

    private Pages() {}

    /**
     * A block of code in a page.
     *
     * @param page where it is, for messages
     * @param language the word after its fence; empty for none
     * @param source the file that the comment before the block names; empty for none
     * @param lines what it shows
     */
    record Block(Path page, String language, String source, List<String> lines) {
        /** Tells whether the lines follow each other in {@code file} as they do here, all indented alike. */
        boolean isIn(List<String> file) {
            for (int start = 0; start + lines.size() <= file.size(); start++) {
                if (matches(file.subList(start, start + lines.size()))) {
                    return true;
                }
            }
            return false;
        }

        private boolean matches(List<String> window) {
            String indent = " "
                    .repeat(window.get(0).length()
                            - window.get(0).stripLeading().length());
            for (int i = 0; i < window.size(); i++) {
                String shown = lines.get(i).isEmpty() ? "" : indent + lines.get(i);
                if (!shown.equals(window.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Returns the README, the other pages beside it, and all of docs. */
    static List<Path> all() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** Returns all blocks of all pages in this language. */
    static List<Block> blocks(String language) throws IOException {
        var blocks = new ArrayList<Block>();
        for (Path page : all()) {
            blocks.addAll(blocksOf(page));
        }
        return blocks.stream()
                .filter(block -> block.language().equals(language))
                .toList();
    }

    private static List<Block> blocksOf(Path page) throws IOException {
        var blocks = new ArrayList<Block>();
        List<String> lines = Files.readAllLines(page);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(FENCE)) {
                String before = i > 0 ? lines.get(i - 1) : "";
                String source =
                        before.startsWith("<!-- ") ? before.replace("<!-- ", "").replace(" -->", "") : "";
                int end = i + 1;
                while (!lines.get(end).startsWith(FENCE)) {
                    end++;
                }
                blocks.add(new Block(page, lines.get(i).substring(FENCE.length()), source, lines.subList(i + 1, end)));
                i = end;
            }
        }
        return blocks;
    }
}
