"""Close two ways round the first trigger: other words in place of blanked ones, and TRUNCATE."""

from django.db import migrations

FORWARDS = """
CREATE OR REPLACE FUNCTION entry_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE')
        OR (OLD.id, OLD.case_id, OLD.number, OLD.kind, OLD.recorded_by, OLD.happened_at)
            IS DISTINCT FROM
            (NEW.id, NEW.case_id, NEW.number, NEW.kind, NEW.recorded_by, NEW.happened_at)
        OR current_setting('huying.erasing', true) IS DISTINCT FROM 'yes'
        OR (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(OLD.data) k)
            IS DISTINCT FROM (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(NEW.data) k)
        OR EXISTS (
            SELECT 1 FROM jsonb_each(NEW.data) AS fresh
            WHERE fresh.value IS DISTINCT FROM OLD.data -> fresh.key
                AND fresh.value NOT IN ('""', 'null', '[]', '{}'))
    THEN
        RAISE EXCEPTION 'the timeline is written once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entries_are_not_emptied BEFORE TRUNCATE ON cases_entry
    FOR EACH STATEMENT EXECUTE FUNCTION entry_is_written_once();
"""

BACKWARDS = "DROP TRIGGER entries_are_not_emptied ON cases_entry;"


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_timeline_is_written_once")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
