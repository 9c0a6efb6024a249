package io.cnm4j.benchmarks.vxlan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws figures beside their floors: one bar for each, as long as its time over the floor's. Not thread-safe. */
final class Chart {
    private static final int LEFT = 300;
    private static final int UNIT = 90; // from 0 to the floor
    private static final int MOST = 6; // longer bars are cut off
    private static final int ROW = 24;
    private static final int TOP = 56;
    private static final int WIDTH = LEFT + MOST * UNIT + 300;

    private record Row(String name, double nanos, String floor, double floorNanos) {}

    private final String title;
    private final List<Row> rows = new ArrayList<>();

    Chart(String title) {
        this.title = title;
    }

    /** Adds a bar. Names are plain text without markup. */
    void add(String name, double nanos, String floor, double floorNanos) {
        rows.add(new Row(name, nanos, floor, floorNanos));
    }

    /** Returns the chart as SVG. */
    String svg() {
        int height = TOP + rows.size() * ROW + 20;
        var svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='13'>",
                WIDTH,
                height);
        line(svg, "<rect width='100%%' height='100%%' fill='white'/>");
        line(svg, "<text x='10' y='22' font-size='15'>%s</text>", title);
        line(
                svg,
                "<text x='10' y='42' fill='#666'>length: time over the floor's, in the same run; the line is the floor</text>");
        for (int i = 0; i < rows.size(); i++) {
            bar(svg, rows.get(i), TOP + i * ROW);
        }
        int x = LEFT + UNIT;
        line(svg, "<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='#c33' stroke-width='2'/>", x, TOP, x, height - 14);
        return svg.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder svg, Row row, int y) {
        double ratio = row.nanos() / row.floorNanos();
        int length = (int) Math.round(Math.min(ratio, MOST) * UNIT);
        line(svg, "<text x='%d' y='%d' text-anchor='end'>%s</text>", LEFT - 8, y + 16, row.name());
        line(svg, "<rect x='%d' y='%d' width='%d' height='%d' fill='#4a7ab5'/>", LEFT, y + 3, length, ROW - 6);
        line(
                svg,
                "<text x='%d' y='%d' fill='#444'>%.2f: %.1f ns, %s %.1f ns</text>",
                LEFT + Math.max(length, UNIT) + 8,
                y + 16,
                ratio,
                row.nanos(),
                row.floor(),
                row.floorNanos());
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
