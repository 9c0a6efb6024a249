package io.cnm4j.driver.remote.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object from the other side. Names are matched as Go does: exactly, else without regard to case. A field that is
 * missing or null has its type's empty value. Immutable.
 */
public final class Fields {
    /** No fields. */
    public static final Fields NONE = new Fields("", Map.of());

    private final String path;
    private final Map<?, ?> values;

    private Fields(String path, Map<?, ?> values) {
        this.path = path;
        this.values = values;
    }

    /** Returns the fields of a parsed object. */
    static Fields of(Map<?, ?> values) {
        return new Fields("", values);
    }

    private @Nullable Object value(String name) {
        if (values.containsKey(name)) {
            return values.get(name);
        }
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            if (entry.getKey() instanceof String key && key.equalsIgnoreCase(name)) {
                return entry.getValue();
            }
        }
        return null;
    }

    /** Returns a text, empty if it is not there. */
    public String text(String name) {
        Object value = value(name);
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(name, "text", value);
    }

    /** Returns a flag, false if it is not there. */
    public boolean flag(String name) {
        Object value = value(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false", value);
    }

    /** Returns a whole number, 0 if it is not there. */
    public int number(String name) {
        Object value = value(name);
        if (value == null) {
            return 0;
        }
        if (value instanceof Integer number) {
            return number;
        }
        throw wrong(name, "a whole number", value);
    }

    /** Returns the fields of an object inside, if it is there. */
    public Optional<Fields> object(String name) {
        Object value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> map) {
            return Optional.of(new Fields(path + name + ".", map));
        }
        throw wrong(name, "an object", value);
    }

    /** Returns a list of objects, empty if it is not there. */
    public List<Fields> objects(String name) {
        var objects = new ArrayList<Fields>();
        for (Object element : list(name)) {
            if (!(element instanceof Map<?, ?> map)) {
                throw wrong(name, "a list of objects", element);
            }
            objects.add(new Fields(path + name + "[" + objects.size() + "].", map));
        }
        return List.copyOf(objects);
    }

    /** Returns a list of texts, empty if it is not there. */
    public List<String> texts(String name) {
        var texts = new ArrayList<String>();
        for (Object element : list(name)) {
            if (!(element instanceof String text)) {
                throw wrong(name, "a list of texts", element);
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    private List<?> list(String name) {
        Object value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "a list", value);
    }

    /** Returns an object of texts, empty if it is not there. */
    public Map<String, String> textMap(String name) {
        var texts = new LinkedHashMap<String, String>();
        object(name)
                .ifPresent(fields -> fields.values.forEach((key, value) -> {
                    if (!(value instanceof String text)) {
                        throw fields.wrong(String.valueOf(key), "text", value);
                    }
                    texts.put(String.valueOf(key), text);
                }));
        return Map.copyOf(texts);
    }

    /** Returns all values but null as texts: what is none is written as JSON. */
    public Map<String, String> jsonTexts() {
        var texts = new LinkedHashMap<String, String>();
        values.forEach((key, value) -> {
            if (value != null) {
                texts.put(String.valueOf(key), value instanceof String text ? text : Json.text(value));
            }
        });
        return Map.copyOf(texts);
    }

    /** Returns all values as they are: text, numbers, flags, lists, maps, null. */
    public Map<String, Object> values() {
        var all = new LinkedHashMap<String, Object>();
        values.forEach((key, value) -> all.put(String.valueOf(key), value));
        return all;
    }

    /** Returns the exception that says what a field should be. */
    public BadMessageException wrong(String name, String expected, @Nullable Object found) {
        String text = String.valueOf(found);
        String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return new BadMessageException(
                String.format(Locale.ROOT, "field '%s%s' should be %s, but is '%s'", path, name, expected, shown));
    }
}
