"""What was sent and what was paid stays as it is, whatever the code forgets."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

INVOICES = """
CREATE FUNCTION billing_keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
-- A sent invoice may become void, and nothing else; a draft may be sent, not voided.
DECLARE
    voided billing_invoice;
BEGIN
    IF tg_op = 'UPDATE' THEN
        IF OLD.state = 'draft' AND NEW.state <> 'void' THEN
            RETURN NEW;
        END IF;
        voided := OLD;
        voided.state := NEW.state;
        voided.voided_at := NEW.voided_at;
        voided.void_reason := NEW.void_reason;
        IF OLD.state = 'sent' AND NEW.state = 'void' AND voided IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% on invoice %: what was sent stays', tg_op, OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept_when_changed BEFORE UPDATE ON billing_invoice FOR EACH ROW
WHEN ((OLD.state <> 'draft' OR NEW.state = 'void') AND OLD IS DISTINCT FROM NEW)
EXECUTE FUNCTION billing_keep_invoice();
CREATE TRIGGER kept_when_deleted BEFORE DELETE ON billing_invoice FOR EACH ROW
WHEN (OLD.state <> 'draft') EXECUTE FUNCTION billing_keep_invoice();
"""

# For a whole statement at once: a run writes hundreds of thousands of lines.
LINES = """
CREATE FUNCTION billing_keep_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM touched t JOIN billing_invoice i ON i.id = t.invoice_id WHERE i.state <> 'draft') THEN
        RAISE EXCEPTION '% on %: lines of a sent invoice stay', tg_op, tg_table_name
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_when_added AFTER INSERT ON billing_invoiceline REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION billing_keep_lines();
CREATE TRIGGER kept_when_deleted AFTER DELETE ON billing_invoiceline REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION billing_keep_lines();

CREATE FUNCTION billing_keep_changed_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM before b JOIN after a ON a.id = b.id
        WHERE b IS DISTINCT FROM a AND (b.credit_note_id IS NOT NULL
            OR EXISTS (SELECT FROM billing_invoice i WHERE i.id IN (a.invoice_id, b.invoice_id) AND i.state <> 'draft'))
    ) THEN
        RAISE EXCEPTION '% on %: lines of a sent invoice stay', tg_op, tg_table_name
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_when_changed AFTER UPDATE ON billing_invoiceline
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION billing_keep_changed_lines();
"""

PAYMENTS = """
CREATE FUNCTION billing_keep_payment() RETURNS trigger LANGUAGE plpgsql AS $$
-- Money that arrived stays as it is, but for what Stripe calls it.
DECLARE
    named billing_payment := OLD;
BEGIN
    named.stripe_account := NEW.stripe_account;
    named.stripe_session := NEW.stripe_session;
    named.stripe_intent := NEW.stripe_intent;
    named.stripe_charge := NEW.stripe_charge;
    IF named IS DISTINCT FROM NEW THEN
        RAISE EXCEPTION 'UPDATE on payment %: money that arrived stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON billing_payment FOR EACH ROW
WHEN (OLD.state = 'succeeded') EXECUTE FUNCTION billing_keep_payment();
"""

ALLOCATIONS = """
CREATE FUNCTION billing_spend_once() RETURNS trigger LANGUAGE plpgsql AS $$
-- No invoice is paid more than it is, nor less than nothing. Whoever inserts holds the customer's lock.
BEGIN
    IF EXISTS (
        SELECT FROM billing_invoice i
        JOIN (
            SELECT a.invoice_id, sum(a.cents) AS cents FROM billing_allocation a
            WHERE a.invoice_id IN (SELECT invoice_id FROM added) GROUP BY 1
        ) AS paid ON paid.invoice_id = i.id
        WHERE paid.cents NOT BETWEEN 0 AND greatest(i.total_cents, 0)
    ) THEN
        RAISE EXCEPTION 'more is allocated to an invoice than it is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER spent_once AFTER INSERT ON billing_allocation REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION billing_spend_once();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_isolation")]
    operations = [RunSQL(sql, RunSQL.noop) for sql in (INVOICES, LINES, PAYMENTS, ALLOCATIONS)]
