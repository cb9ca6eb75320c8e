"""Make the database itself refuse to rewrite history, whoever asks.

Blanking personal fields stays possible, since privacy law may ask for it: whoever does so says
`SET LOCAL huying.erasing = 'yes'`, and may then change values of `data` but none of its names.
What was said can go; that it was said cannot.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION entry_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (OLD.id, OLD.case_id, OLD.number, OLD.kind, OLD.recorded_by, OLD.happened_at)
            IS DISTINCT FROM
            (NEW.id, NEW.case_id, NEW.number, NEW.kind, NEW.recorded_by, NEW.happened_at)
        OR current_setting('huying.erasing', true) IS DISTINCT FROM 'yes'
        OR (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(OLD.data) k)
            IS DISTINCT FROM (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(NEW.data) k)
    THEN
        RAISE EXCEPTION 'the timeline is written once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_is_written_once BEFORE UPDATE OR DELETE ON cases_entry
    FOR EACH ROW EXECUTE FUNCTION entry_is_written_once();
"""

BACKWARDS = """
DROP TRIGGER entry_is_written_once ON cases_entry;
DROP FUNCTION entry_is_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
