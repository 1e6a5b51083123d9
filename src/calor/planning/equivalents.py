"""For types that can't be used: the one that comes nearest to them."""

from __future__ import annotations

from fnmatch import fnmatchcase

# The first pattern that matches counts.
_NEAREST = (
    ("AWS::EC2::Instance", "OS::Nova::Server"),
    ("AWS::EC2::LaunchTemplate", "OS::Nova::Server"),
    ("AWS::EC2::KeyPair", "OS::Nova::KeyPair"),
    ("AWS::EC2::PlacementGroup", "OS::Nova::ServerGroup"),
    ("AWS::EC2::VPC", "OS::Neutron::Net"),
    ("AWS::EC2::Subnet", "OS::Neutron::Subnet"),
    ("AWS::EC2::NetworkInterface", "OS::Neutron::Port"),
    ("AWS::EC2::InternetGateway", "OS::Neutron::Router"),
    ("AWS::EC2::NatGateway", "OS::Neutron::Router"),
    ("AWS::EC2::RouteTable", "OS::Neutron::Router"),
    ("AWS::EC2::SubnetRouteTableAssociation", "OS::Neutron::RouterInterface"),
    ("AWS::EC2::VPCGatewayAttachment", "OS::Neutron::RouterInterface"),
    ("AWS::EC2::SecurityGroup", "OS::Neutron::SecurityGroup"),
    ("AWS::EC2::SecurityGroup?gress", "OS::Neutron::SecurityGroupRule"),
    ("AWS::EC2::EIP", "OS::Neutron::FloatingIP"),
    ("AWS::EC2::EIPAssociation", "OS::Neutron::FloatingIPAssociation"),
    ("AWS::EC2::Volume", "OS::Cinder::Volume"),
    ("AWS::EC2::VolumeAttachment", "OS::Cinder::VolumeAttachment"),
    ("AWS::AutoScaling::AutoScalingGroup", "OS::Heat::AutoScalingGroup"),
    ("AWS::AutoScaling::ScalingPolicy", "OS::Heat::ScalingPolicy"),
    ("AWS::CloudFormation::WaitCondition", "OS::Heat::WaitCondition"),
    ("AWS::CloudFormation::WaitConditionHandle", "OS::Heat::WaitConditionHandle"),
    ("AWS::CloudWatch::Alarm", "OS::Aodh::GnocchiAggregationByMetricsAlarm"),
    ("AWS::ECS::*", "OS::Zun::Container"),
    ("AWS::EFS::FileSystem", "OS::Manila::Share"),
    ("AWS::EKS::Cluster", "OS::Magnum::Cluster"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "OS::Octavia::LoadBalancer"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "OS::Octavia::LoadBalancer"),
    ("AWS::ElasticLoadBalancingV2::Listener", "OS::Octavia::Listener"),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "OS::Octavia::L7Rule"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "OS::Octavia::Pool"),
    ("AWS::IAM::Group", "OS::Keystone::Group"),
    ("AWS::IAM::Role", "OS::Keystone::Role"),
    ("AWS::IAM::User", "OS::Keystone::User"),
    ("AWS::KMS::Key", "OS::Barbican::Order"),
    ("AWS::RDS::DBInstance", "OS::Trove::Instance"),
    ("AWS::RDS::DBCluster", "OS::Trove::Cluster"),
    ("AWS::Route53::HostedZone", "OS::Designate::Zone"),
    ("AWS::Route53::RecordSet", "OS::Designate::RecordSet"),
    ("AWS::S3::Bucket", "OS::Swift::Container"),
    ("AWS::SecretsManager::Secret", "OS::Barbican::Secret"),
    ("AWS::SNS::Subscription", "OS::Zaqar::Subscription"),
    ("AWS::SQS::Queue", "OS::Zaqar::Queue"),
    ("AWS::StepFunctions::StateMachine", "OS::Mistral::Workflow"),
    ("OS::Designate::Domain", "OS::Designate::Zone"),
    ("OS::Designate::Record", "OS::Designate::RecordSet"),
    ("OS::Glance::Image", "OS::Glance::WebImage"),
    ("OS::Magnum::Bay", "OS::Magnum::Cluster"),
    ("OS::Neutron::LoadBalancer", "OS::Octavia::LoadBalancer"),
    ("OS::Neutron::LBaaS::*", "OS::Octavia::*"),
    ("OS::Neutron::HealthMonitor", "OS::Octavia::HealthMonitor"),
    ("OS::Neutron::Pool", "OS::Octavia::Pool"),
    ("OS::Neutron::PoolMember", "OS::Octavia::PoolMember"),
    ("OS::Aodh::CombinationAlarm", "OS::Aodh::CompositeAlarm"),
    ("OS::Quantum::*", "OS::Neutron::*"),
)


def equivalent(name: str) -> str:
    """The nearest type of Heat's, '' where there is none."""
    for pattern, nearest in _NEAREST:
        if fnmatchcase(name, pattern):
            rest = name[len(pattern) - 1 :] if nearest.endswith("*") else ""
            return nearest.removesuffix("*") + rest
    return ""
